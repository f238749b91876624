/** `polycall eval rag FILE TESTSET`: a knowledge base asked, its answers judged. */
import { readFileSync, statSync } from "node:fs";
import type {
  AnswerEvaluation,
  EvaluateAnswersOptions,
  FileReplies,
  JudgeName,
} from "@polycall/rag";
import { command, json, number, UsageError, words } from "../../command.ts";
import { reportOf } from "../../eval/report.ts";
import { type Subject, subjectOf } from "../../eval/subject.ts";
import { asJson, boundsOf, missed, scoreTable } from "../../eval/told.ts";
import { needed } from "../../optional.ts";
import { interrupted, processLive } from "../../run/live.ts";
import { jsonLine, line } from "../../run/safe.ts";

export const rag = command({
  usage: "FILE TESTSET [OPTION...]",
  help: "Asks each question of TESTSET (JSON lines: question, reference, keywords, category, sources) and judges the answers. FILE exports a knowledge base (as default, or named `kb`), or is a folder of documents, with --model and --embedding. Without --judge only what needs no model is judged. Failures are counted and are in no mean. Exit code 1: a bound was missed, or it could not be done.",
  options: {
    judge: { type: "string", value: "MODEL", help: "what judges; best not the model that answers" },
    judges: {
      type: "string",
      multiple: true,
      value: "NAMES",
      help: "coverage,sources,accuracy,completeness,relevance,faithfulness,contextPrecision,contextRecall; all",
    },
    model: { type: "string", value: "MODEL", help: "of a folder: what answers" },
    embedding: { type: "string", value: "MODEL", help: "of a folder: what makes vectors" },
    store: {
      type: "string",
      value: "FILE",
      help: "of a folder: keeps its vectors there; in memory otherwise",
    },
    limit: { type: "string", value: "N", help: "the first N questions only" },
    concurrency: { type: "string", value: "N", help: "questions in flight together; 4" },
    "max-cost": { type: "string", value: "DOLLARS", help: "what judging may cost" },
    cache: { type: "string", value: "FILE", help: "keeps the judge's replies there" },
    report: {
      type: "string",
      value: "FILE",
      help: "writes a page with every question, and a page for each",
    },
    "fail-under": {
      type: "string",
      multiple: true,
      value: "NAME=BOUND",
      help: "accuracy=0.8: exit code 1 below it; what failed counts as 0 here",
    },
    json: { ...json, help: "as JSON, every question with its verdicts" },
  },
  async run({ values, positionals }, io) {
    const [file, testSet, ...more] = positionals;
    if (!file || !testSet || more.length > 0) {
      throw new UsageError(
        "Name a file that exports a knowledge base, or a folder, and a test set.",
      );
    }
    const package_ = await needed("@polycall/rag", "eval rag", () => import("@polycall/rag"));
    const { evaluateAnswers, fileReplies, judgeModel, judgeNames, readTestSet } = package_;
    const judges =
      words<JudgeName>(values.judges, "judges", judgeNames) ??
      (values.judge === undefined ? (["coverage", "sources"] as const) : judgeNames);
    const bounds = boundsOf(values["fail-under"], judges);
    const limit = number(values.limit, "limit");
    const concurrency = number(values.concurrency, "concurrency");
    const maxCost = number(values["max-cost"], "max-cost");
    if (values.judge === undefined && (maxCost !== undefined || values.cache !== undefined)) {
      throw new UsageError("--max-cost and --cache go with --judge.");
    }
    if (values.report !== undefined && isFolder(values.report)) {
      throw new UsageError(`--report ${values.report}: it is a folder, and takes a file.`);
    }
    const questions = (await readTestSet(linesOf(testSet), testSet)).slice(0, limit);
    const { live = processLive() } = io;
    const controller = new AbortController();
    const { signal } = controller;
    const off = live.onInterrupt(() => controller.abort());
    let subject: Subject | undefined;
    let cache: FileReplies | undefined;
    try {
      const { model, embedding, store } = values;
      subject = await subjectOf(file, { model, embedding, store }, package_, io, signal);
      cache = values.cache === undefined ? undefined : fileReplies(values.cache);
      const ids = questions.map(({ id, question }) => id ?? question);
      const report = reportOf(values.report, ids, package_);
      const options: EvaluateAnswersOptions = {
        ...{ judges, signal },
        ...(concurrency !== undefined && { concurrency }),
        ...(values.judge !== undefined && {
          model: judgeModel({
            model: values.judge,
            ...(maxCost !== undefined && { maxCost }),
            ...(cache && { cache }),
          }),
        }),
        onProgress({ done, total, question }) {
          report.page(question);
          if (io.width !== undefined) live.write(`\r${done} of ${total} questions `, "err");
        },
      };
      const evaluation = await evaluateAnswers(report.asking(subject), questions, options);
      if (io.width !== undefined) live.write("\r\u001b[K", "err");
      const lacking = missed(evaluation, bounds);
      if (values.json) io.out(jsonLine({ ...asJson(evaluation), missed: lacking }));
      else {
        io.out(scoreTable(evaluation, io));
        for (const one of troubles(evaluation)) io.err(one);
      }
      // Last: where it cannot be written, what was paid for is told all the same.
      if (values.report !== undefined) {
        const by = values.judge === undefined ? "" : `, judged by ${values.judge}`;
        const day = new Date().toISOString().slice(0, 10);
        report.whole(evaluation, `${file}, ${testSet}${by}, ${day}`);
        if (!values.json) io.err(`The report: ${values.report}`);
      }
      for (const one of lacking) io.err(`polycall: ${one}`);
      return lacking.length > 0 ? 1 : 0;
    } catch (error) {
      if (!signal.aborted) throw error;
      io.err("polycall: interrupted.");
      return interrupted;
    } finally {
      off();
      cache?.close();
      await subject?.close?.();
      live.release();
    }
  },
});

const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory();

/** @throws UsageError where there is no such file */
function linesOf(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split(/\r?\n/);
  } catch (error) {
    throw new UsageError(`${file} could not be read: ${(error as Error).message}`);
  }
}

/** Why questions have no answer, or no judgement: the first few. */
function troubles({ questions, overall: { unknown } }: AnswerEvaluation): string[] {
  if (unknown === questions.length) {
    return ["Every answer says that it is not known. Are there documents in the knowledge base?"];
  }
  const told = questions.flatMap(({ question, error, verdicts }) => {
    if (error) return [`${question}: no answer: ${error.message}`];
    const failed = Object.entries(verdicts).filter(([, one]) => one.failed);
    return failed.map(([judge, { reason }]) => `${question}: ${judge} failed: ${reason}`);
  });
  const rest = told.length > 5 ? [`and ${told.length - 5} more`] : [];
  return [...told.slice(0, 5).map((one) => line(one, 300)), ...rest];
}
