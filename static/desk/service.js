// Who answers at this desk: the server, or, while this browser holds the shop by a lease, what it holds itself
// (offline/lease.js). Both answer alike, and throw as `ask`.
import { askAbout } from "./field.js";
import { ask } from "./server.js";

const server = {
  find: askAbout,
  redeem: (form) => ask(form.action, new FormData(form)),
  undo: (step) => ask(step.action, new FormData(step)),
};

let answering = server;

export const answerBy = (other) => (answering = other ?? server);

// Whose card a text is, with balance, limits and shelf, and the part of the page about them; or a receipt's sheet as `receipt`.
export const find = (text) => answering.find(text);

// Hand out the basket of a form: the part of the page about what was handed out.
export const redeem = (form) => answering.redeem(form);

// Take back what was handed out last, by the form of that step: the same part of the page, anew.
export const undo = (step) => answering.undo(step);
