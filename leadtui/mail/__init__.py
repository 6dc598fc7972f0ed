"""Messages out and in: rendering, SMTP, .eml files, mailto links, IMAP."""
