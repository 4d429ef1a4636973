"""Media: images, audio and files of traces and dataset items, stored once per project and content."""
