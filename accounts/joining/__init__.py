"""The pages by which people come in, and those that look after it; they ask, and decide nothing."""
