"""Parts of the lab: phones, AMI, the probe, the product, and the checks."""
