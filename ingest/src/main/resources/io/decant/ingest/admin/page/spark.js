// What Spark does: splitting of large batches, and jobs of the user's own. Not shown where neither is set up.

import { byId, element, Rows, setBadge, setText } from "./dom.js";
import { count } from "./format.js";

const STATES = {
  idle: ["ok", "no batch is large enough for Spark"],
  staging: ["waiting", "the batch is being written to where Spark reads it"],
  running: ["waiting", "Spark splits it"],
  retrying: ["warning", "it failed and is tried again"],
};

const rows = new Rows(byId("spark-jobs"), (name) => jobRow(name));

export function showSpark(status) {
  const jobs = [];
  const offload = status.offload;
  if (offload && offload.state !== "off") {
    jobs.push(["Splitting large batches", { ...offload, isBusy: offload.batch > 0 }]);
  }
  for (const [name, sink] of Object.entries(status.sinks)) {
    if (sink.type === "spark") {
      const isBusy = sink.state === "delivering" || sink.state === "retrying" || sink.state === "failing";
      jobs.push([`Sink ${name}`, { ...sink, ...sink.progress, batch: isBusy ? sink.batch + 1 : 0, isBusy }]);
    }
  }
  byId("spark").hidden = jobs.length === 0;
  rows.show(jobs);
}

function jobRow(name) {
  const badge = element("span");
  const words = element("p");
  const progress = element("progress", { "aria-label": `Tasks of ${name}` });
  const tasks = element("p", { class: "words" });
  const predicted = element("p", { class: "words" });
  const error = element("p", { class: "error" });
  const last = element("ul");
  const lastTitle = element("p", { class: "words" });
  const stages = new Rows(last, () => {
    const node = element("li");
    return { node, update: (stage) => setText(node, stage) };
  });
  const node = element("article", {}, element("h3", {}, name, " ", badge), words, progress, tasks, predicted, error, lastTitle, last);
  return {
    node,
    update: (job) => {
      const [level, meaning] = STATES[job.state] ?? ["waiting", ""];
      setBadge(badge, job.lastError && job.isBusy ? "warning" : level, job.state);
      setText(words, job.isBusy ? [`Batch ${job.batch}`, meaning].filter(Boolean).join(": ") : "No job is running.");
      progress.hidden = !job.isBusy || !job.tasks;
      progress.max = job.tasks || 1;
      progress.value = job.tasksDone || 0;
      setText(tasks, job.isBusy && job.tasks
        ? `Stage ${job.stage} of ${job.stages}: ${count(job.tasksDone)} of ${count(job.tasks)} tasks, ${count(job.records)} records`
        : "");
      setText(predicted, job.isBusy && job.predicted ? `Expected: ${job.predicted}` : "");
      setText(error, job.lastError ?? "");
      setText(lastTitle, job.lastRun ? `The last job that ended, of batch ${job.lastRun.batch} (expected: ${job.lastRun.predicted}):` : "");
      stages.show((job.lastRun?.stages ?? []).map((stage, index) => [index, stage]));
    },
  };
}
