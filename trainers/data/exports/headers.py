"""What people call the columns of their tables."""

from __future__ import annotations

import re

WORD = re.compile(r"[^\W\d]+([ _-][^\W\d]+)*|(Unnamed: 0)?")
"""The name of a column, or none, as pandas' index has."""
SPLITTING = ("split", "set", "partition", "subset", "fold")
"""Headers of a column of splits, in small letters."""
NAMELESS = ("", "unnamed: 0")
"""Headers of a column without a name, in small letters; the second is pandas' where it has read and written one."""
_HEADERS = """
id ids name names image images img file files filename filenames file_name image_id image_name image_path image_file
imagename imageid path filepath file_path sample samples sample_id picture photo frame input
"""
HEADERS = frozenset(_HEADERS.split())
"""Headers of a column that names images, in small letters."""
