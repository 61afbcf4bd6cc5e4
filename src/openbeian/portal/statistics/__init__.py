"""Statistics of the register: each with its sentence, its picture, its table and its CSV."""
