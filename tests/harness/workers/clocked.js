// Stands before a built worker and gives it the moment that a suite has set, asked for with every event; while none is set, the
// time goes on as it does, or (`+5000`) so many milliseconds ahead.
import Worker from "./index.js";

const RealDate = Date;
let moment;
let ahead = 0;

globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(Date.now());
    else super(...given);
  }

  static now() {
    return moment ?? RealDate.now() + ahead;
  }
};

async function look({ CLOCK }) {
  const text = await (await CLOCK.fetch("http://clock/")).text();
  const goesOn = text === "" || text.startsWith("+");
  moment = goesOn ? undefined : Number(text);
  ahead = goesOn ? Number(text) : 0;
}

export default class extends Worker {
  async fetch(request) {
    await look(this.env);
    return super.fetch(request);
  }

  async scheduled(event) {
    await look(this.env);
    return super.scheduled(event);
  }

  async queue(batch) {
    await look(this.env);
    return super.queue(batch);
  }
}
