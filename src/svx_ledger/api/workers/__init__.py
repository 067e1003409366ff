"""What reads for requests beside the event loop: threads, and processes for what takes long."""
