package io.decant.ingest.plan;

import io.decant.bucketer.MissingKey;
import io.decant.bucketer.StepCounts;
import io.decant.bucketer.transform.StepTransform;
import io.decant.config.PrintableText;
import java.io.PrintWriter;
import java.util.Locale;

/** A plan as text: the same for the same plan, whatever the terminal, and of bounded length. */
public final class PlanReport {

    private final PrintWriter out;

    /** A report that is written to {@code out}. */
    public PlanReport(PrintWriter out) {
        this.out = out;
    }

    /** Writes it. */
    public void print(Plan plan) {
        if (plan.records() == 0) {
            line("No records, so no batch and no buckets.");
            return;
        }
        totals(plan);
        sizes(plan);
        repeated(plan);
    }

    /** Writes what transforms made of the records before. */
    public void print(StepTransform transform, StepCounts counts) {
        line("%15s  %15s  %15s  %15s  step", "in", "out", "dropped", "failed");
        for (int step = 0; step < counts.steps(); step++) {
            line(
                    "%,15d  %,15d  %,15d  %,15d  %s",
                    counts.in(step),
                    counts.out(step),
                    counts.dropped(step),
                    counts.failed(step),
                    PrintableText.of(transform.texts().get(step)));
        }
        line("");
    }

    private void totals(Plan plan) {
        line("records        %,15d", plan.records());
        line("bytes          %,15d  as lines, newlines included", plan.bytes());
        line("key            %15s", plan.key().setting());
        // With several keys, a record of bucket 0 has as many as it has.
        if (!plan.key().isSeveral()) {
            line("distinct keys  %,15d  the records of bucket 0", plan.distinctKeys());
        }
        plan.missingKeys()
                .ifPresent(missing -> line(
                        "missing keys   %,15d  %s",
                        missing.records(),
                        plan.missing() == MissingKey.RECORD
                                ? "for these the whole record is the key"
                                : "these are in no bucket, but go to the dead letters"));
        line("buckets        %,15d  one request each, if a request may be that large", plan.buckets());
        line("instead of     %,15d  requests, each cut where a key would come again", plan.requestsCutAtDuplicates());
    }

    private void sizes(Plan plan) {
        line("");
        line("%13s  %15s  %15s", "bucket", "records", "bytes");
        int bucket = 0;
        for (Plan.Size size : plan.sizes()) {
            size(Integer.toString(bucket++), size);
        }
        if (plan.buckets() > bucket) {
            size(
                    plan.buckets() - bucket == 1 ? Integer.toString(bucket) : bucket + "-" + (plan.buckets() - 1),
                    plan.rest());
        }
    }

    private void size(String bucket, Plan.Size size) {
        line("%13s  %,15d  %,15d", bucket, size.records(), size.bytes());
    }

    private void repeated(Plan plan) {
        line("");
        if (plan.repeated().isEmpty()) {
            line("No key occurs twice.");
            return;
        }
        line("%13s  %s", "times", plan.distinctKeys() == 1 ? "the key" : "most repeated keys");
        for (Plan.Repeated key : plan.repeated()) {
            line("%,13d  %s", key.count(), key.key());
        }
    }

    /** Always a newline, as the records have: output that is compared must not differ by machine. */
    private void line(String format, Object... values) {
        out.print(PrintableText.of(String.format(Locale.ROOT, format, values).stripTrailing()) + "\n");
    }
}
