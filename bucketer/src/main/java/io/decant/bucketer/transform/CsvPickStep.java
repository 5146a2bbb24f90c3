package io.decant.bucketer.transform;

import io.decant.bucketer.Memory;
import io.decant.bucketer.TransformFailure.Reason;
import java.util.Arrays;
import java.util.List;

/**
 * {@code csv-pick: [3, 1]}: these fields of a CSV row (RFC 4180), from 1, as a row in this order. Fields are copied as
 * they stand, quotes included. A CR at the end of the record belongs to the line end and is left out. A record that is
 * no row (text behind a closing quote, a quote that does not close), or is too short, fails.
 */
final class CsvPickStep extends Step {

    static final String NAME = "csv-pick";
    static final int COLUMN_MAX = 16_384;

    private final int[] columns;

    CsvPickStep(List<String> columns) {
        super(StepText.of(NAME, columns));
        this.columns = columns.stream().mapToInt(CsvPickStep::column).toArray();
    }

    private static int column(String column) {
        if (!column.matches("[1-9][0-9]{0,4}") || Integer.parseInt(column) > COLUMN_MAX) {
            throw new StepException("csv-pick: '" + column + "' is no column; columns count from 1 to " + COLUMN_MAX);
        }
        return Integer.parseInt(column);
    }

    @Override
    StepStage newStage(Workspace workspace) {
        return new Pick(workspace, columns);
    }

    private static final class Pick extends StepStage {
        private final int[] columns;
        private final int last;
        /** By column, where its field begins, and the comma or end behind the last one. */
        private final long[] starts;

        private final long[] ends;

        Pick(Workspace workspace, int[] columns) {
            super(workspace);
            this.columns = columns;
            this.last = Arrays.stream(columns).max().orElse(0);
            this.starts = new long[last + 1];
            this.ends = new long[last + 1];
        }

        @Override
        void apply(long address, int length) {
            read(address, address + StepKinds.lengthWithoutCr(address, length));
            if (columns.length == 1) {
                emit(starts[last], (int) (ends[last] - starts[last]));
                return;
            }
            BuildMemory build = build();
            for (int i = 0; i < columns.length; i++) {
                if (i > 0) {
                    build.put(',');
                }
                build.copy(starts[columns[i]], ends[columns[i]] - starts[columns[i]]);
            }
            emitBuilt();
        }

        /** The whole row is looked at, so that it does not depend on the columns whether it is one. */
        private void read(long from, long end) {
            int column = 0;
            long at = from;
            while (true) {
                column++;
                long start = at;
                at = at < end && Memory.getByte(at) == '"' ? behindQuotes(at, end) : comma(at, end);
                if (column <= last) {
                    starts[column] = start;
                    ends[column] = at;
                }
                if (at == end) {
                    break;
                }
                if (Memory.getByte(at) != ',') {
                    throw fail(Reason.NOT_CSV);
                }
                at++;
            }
            if (column < last) {
                throw fail(Reason.NO_COLUMN);
            }
        }

        private static long comma(long from, long end) {
            long at = from;
            while (at < end && Memory.getByte(at) != ',') {
                at++;
            }
            return at;
        }

        /** Of every two quotes within, one is meant. */
        private long behindQuotes(long from, long end) {
            long at = from + 1;
            while (at < end) {
                if (Memory.getByte(at) == '"') {
                    if (at + 1 == end || Memory.getByte(at + 1) != '"') {
                        return at + 1;
                    }
                    at++;
                }
                at++;
            }
            throw fail(Reason.NOT_CSV);
        }
    }
}
