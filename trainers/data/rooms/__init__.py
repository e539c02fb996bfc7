"""Procedural rooms: what stands in them (layout), how it looks (textures) and how it is seen (raycast)."""
