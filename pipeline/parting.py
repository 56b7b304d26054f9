"""Imported first by what the workers part from: nothing it imports after is garbage, so nobody need look for any."""

import gc

gc.disable()
