"""A poster for a film that came without one: colours and a layout that its id decides."""

import colorsys
import hashlib

LAYOUTS = 6


def artwork(movie_id: str) -> tuple[list[str], int]:
    """A palette of three colours as #rrggbb, background first, and the number of a layout."""
    digest = hashlib.sha256(movie_id.encode()).digest()
    hue = digest[0] / 256
    colours = [_colour(hue, 0.55, 0.22), _colour(hue + 0.08, 0.75, 0.85), _colour(hue + 0.5, 0.45, 0.95)]
    return colours, digest[1] % LAYOUTS


def _colour(hue: float, saturation: float, value: float) -> str:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1, saturation, value)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"
