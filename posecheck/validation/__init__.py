"""How wrong the product's own angles are on a suite of rendered subjects whose angles are known."""
