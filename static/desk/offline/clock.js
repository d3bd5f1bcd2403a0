// What time it is: what the server said last, and what this device's clock went on since. Both in seconds since 1970.
// Nothing else here asks the device, whose clock may be wrong by days.

const SLACK = 60; // s; so far a network sets a clock back that went fast

const device = () => Date.now() / 1000;

// What to keep of an answer that says `now`.
export const setBy = (now) => ({ now, device: device() });

export const timeBy = (clock) => Math.floor(clock.now + device() - clock.device);

// What is wrong with the time: "over" from `until` on, or "clock" where it lies before what has happened already.
export function wrongWith({ clock, at, lease }) {
  const time = timeBy(clock);
  if (time < Math.max(clock.now, at) - SLACK) return "clock";
  return time >= lease.until ? "over" : null;
}

// As `timeBy`, but never before what has happened already.
export const timeFor = ({ clock, at }) => Math.max(timeBy(clock), clock.now, at);

const HERE = { timeZone: "Asia/Shanghai", calendar: "gregory", numberingSystem: "latn" };
const hours = new Intl.DateTimeFormat("en-GB", { ...HERE, hour: "2-digit", minute: "2-digit" });
const days = new Intl.DateTimeFormat(document.documentElement.lang, { ...HERE, dateStyle: "long" });

export const hour = (seconds) => hours.format(seconds * 1000);
export const moment = (seconds) => `${days.format(seconds * 1000)} ${hour(seconds)}`;
