"""What a rep does between the first key and the last: the queue, starting, dialing, putting off."""
