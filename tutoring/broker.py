"""How jobs are handed to the broker by somebody who cannot wait for it."""

# For `apply_async`: a connection that died while it waited in the pool is replaced; a broker that is away is
# not waited for.
NO_WAITING = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
