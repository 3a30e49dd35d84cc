"""The command line's commands, one a file, and what they share."""
