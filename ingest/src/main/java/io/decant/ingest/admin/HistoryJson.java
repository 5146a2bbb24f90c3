package io.decant.ingest.admin;

import io.decant.config.PrintableText;
import io.decant.ingest.history.SecondHistory;
import io.decant.offload.json.Json;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * {@code /history}: the records are its objects. All arrays are equally long, oldest first, and null stands for what is
 * not known. Keys may be added; none is removed or changes its meaning.
 */
final class HistoryJson {

    private HistoryJson() {}

    /** The text of the page. */
    static String text(SecondHistory.Values values, String lastEventId) {
        return PrintableText.ofJson(Json.text(Root.of(values, lastEventId))) + "\n";
    }

    private static Long[] known(long[] values) {
        return Arrays.stream(values)
                .mapToObj(value -> value == SecondHistory.UNKNOWN ? null : (Long) value)
                .toArray(Long[]::new);
    }

    /** With one decimal. */
    private static Double[] seconds(long[] millis) {
        return Arrays.stream(millis)
                .mapToObj(value -> value == SecondHistory.UNKNOWN ? null : (Double) (Math.floorDiv(value, 100) / 10.0))
                .toArray(Double[]::new);
    }

    private static <T, R> Map<String, R> each(Map<String, T> values, Function<T, R> of) {
        Map<String, R> each = new LinkedHashMap<>();
        values.forEach((name, value) -> each.put(name, of.apply(value)));
        return each;
    }

    /** Delays are in milliseconds. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Root(
            String lastEventId,
            long last,
            int seconds,
            Long[] records,
            Long[] bytes,
            Long[] backlogBytes,
            Long[] deadLetters,
            Long[] schedulingDelay,
            Long[] processingDelay,
            Long[] totalDelay,
            Map<String, Sink> sinks,
            Map<String, Source> sources) {

        static Root of(SecondHistory.Values values, String lastEventId) {
            SecondHistory.Server server = values.server();
            return new Root(
                    lastEventId,
                    values.lastSecond(),
                    server.records().length,
                    known(server.records()),
                    known(server.bytes()),
                    known(server.backlogBytes()),
                    known(server.deadLetters()),
                    known(server.delays().scheduling()),
                    known(server.delays().processing()),
                    known(server.delays().total()),
                    each(values.sinks(), Sink::of),
                    each(values.sources(), source -> new Source(known(source.records()))));
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Sink(
            Double[] lagSeconds, Long[] records, Long[] schedulingDelay, Long[] processingDelay, Long[] totalDelay) {

        static Sink of(SecondHistory.SinkValues values) {
            return new Sink(
                    HistoryJson.seconds(values.lagMillis()),
                    known(values.records()),
                    known(values.delays().scheduling()),
                    known(values.delays().processing()),
                    known(values.delays().total()));
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Source(Long[] records) {}
}
