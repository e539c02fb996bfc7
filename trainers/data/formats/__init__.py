"""File formats: from bytes on disk to arrays, archives of arrays, IDX, image files, resizing."""
