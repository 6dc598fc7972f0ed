"""The call, the dial and the e-mail: what a rep does with one lead."""
