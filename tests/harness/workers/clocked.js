// Stands before a built worker and gives it the moment that a suite has set, asked for with every event; while none is set, the
// time goes on as it does.
import Worker from "./index.js";

const RealDate = Date;
let moment;

globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(Date.now());
    else super(...given);
  }

  static now() {
    return moment ?? RealDate.now();
  }
};

async function look({ CLOCK }) {
  const text = await (await CLOCK.fetch("http://clock/")).text();
  moment = text === "" ? undefined : Number(text);
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
