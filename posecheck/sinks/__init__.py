"""Where results go. Every file is written aside and renamed, so it is whole or not there."""
