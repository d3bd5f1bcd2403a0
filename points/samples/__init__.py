"""Random samples of village supervision, and the sheet that is taken along."""
