"""Many clips at once: which are left to do, who does them, and one table and page of them all."""
