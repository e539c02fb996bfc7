"""Corruptions of images, a family a file, after Hendrycks & Dietterich (ICLR 2019)."""
