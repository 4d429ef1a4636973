"""Rejections: what was refused at the door of a project."""
