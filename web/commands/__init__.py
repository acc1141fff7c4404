"""The commands of ``fupin``, one file each; ``web.cli`` gathers them."""
