"""Keys under which this plugin's carriers are registered."""

VALLEY_COURIER = "valley-courier"
PICK_UP_POINT = "pick-up-point"
