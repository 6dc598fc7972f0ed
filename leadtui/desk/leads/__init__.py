"""What happens to a lead as such: signs of life, corrections, merging, erasing, blocks, the way
back to marketing."""
