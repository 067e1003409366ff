"""What is handed to whoever runs the service, run: proxies, units, and the end of a process."""
