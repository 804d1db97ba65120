"""The numbers: what `make bench` measures. Every figure stands beside a reference from the same run."""
