"""What goes on by itself: the feed, and live boards."""
