"""Results in the formats of the field, a module each; made from a folder, without the clip."""
