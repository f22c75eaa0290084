// Threads that take jobs, one at a time each.

import { Worker } from "node:worker_threads";

export class Pool {
  constructor(size) {
    this.workers = Array.from({ length: size }, () => new Worker(new URL("./worker.mjs", import.meta.url)));
  }

  /** The answers, in the order of the jobs. */
  async all(jobs) {
    const answers = [];
    let next = 0;
    const drain = async worker => {
      while (next < jobs.length) {
        const at = next++;
        answers[at] = await once(worker, jobs[at]);
      }
    };
    await Promise.all(this.workers.map(drain));
    return answers;
  }

  end() {
    return Promise.all(this.workers.map(worker => worker.terminate()));
  }
}

function once(worker, job) {
  return new Promise((resolve, reject) => {
    const settle = said => {
      worker.off("error", reject);
      if (said.failed) reject(new Error(said.failed));
      else resolve(said.done);
    };
    worker.once("error", reject);
    worker.once("message", settle);
    worker.postMessage(job);
  });
}
