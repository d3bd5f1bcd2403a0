// Points are counted in whole tenths, and shown with at most one decimal.
export const shown = (tenths) => `${Math.floor(tenths / 10)}${tenths % 10 ? `.${tenths % 10}` : ""}`;
