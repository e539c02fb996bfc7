"""The pipeline of batches: from memory, or streamed by reading processes through a ring, with a cache."""
