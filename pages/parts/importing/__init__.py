"""The parts of the page where a file is looked at before it is committed."""
