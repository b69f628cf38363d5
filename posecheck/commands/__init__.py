"""The commands of the command line, by subject. Heavy imports wait until a command is used."""
