package io.decant.ingest.sink.body;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.bucketer.Memory;
import io.decant.ingest.sink.body.BodyBatch.Arrival;
import io.decant.ingest.sink.body.BodyBatch.Beside;
import io.decant.ingest.sink.body.PartBody.Extent;
import io.decant.ingest.sink.body.PartBody.Unencodable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RowsBodyTest {

    private static List<String> rows(PartBody body, Extent extent) {
        long bytes = extent.bodyBytes();
        long address = Memory.allocate(bytes);
        try {
            assertThat(body.write(0, 0, extent, address)).isEqualTo(bytes);
            List<String> rows = new ArrayList<>();
            for (long at = address; at < address + bytes; ) {
                int length = Memory.getIntLittleEndian(at);
                byte[] row = new byte[length < 0 ? ~length : length];
                Memory.copyToArray(at + Integer.BYTES, row, 0, row.length);
                rows.add((length < 0 ? "key " : "") + new String(row, UTF_8));
                at += Integer.BYTES + row.length;
            }
            return rows;
        } finally {
            Memory.free(address, bytes);
        }
    }

    @Test
    void shouldCarryObjectsAlone() {
        List<byte[]> records = List.of(
                " {\"a\":1} ".getBytes(UTF_8),
                "[1]".getBytes(UTF_8),
                "1".getBytes(UTF_8),
                "{\"a\":".getBytes(UTF_8),
                new byte[0],
                "{}".getBytes(UTF_8));
        try (BodyBatch batch = new BodyBatch("rows", List.of(BodyBatch.block(records)))) {
            PartBody body = batch.body();
            Extent extent = body.extent(0, 0, 6, 100, 100);
            assertThat(extent).isEqualTo(new Extent(6, 2, 4 + 7 + 4 + 2));
            assertThat(rows(body, extent)).containsExactly("{\"a\":1}", "{}");
            assertThat(body.uncarried(0, 1)).isEqualTo(Unencodable.NOT_JSON);
            assertThat(body.uncarried(0, 5)).isNull();
            assertThat(body.extent(0, 0, 6, 100, 12).end()).isEqualTo(5);
        }
    }

    @Test
    void shouldCarryTombstonesByTheirKeysWhereTheyDeleteRows() {
        List<byte[]> values = List.of("{\"a\":1}".getBytes(UTF_8), new byte[0]);
        List<Beside> frames = List.of(
                new Beside(0, 0, "k1".getBytes(UTF_8), Map.of(), false),
                new Beside(1, 0, "k2".getBytes(UTF_8), Map.of(), true));
        List<Arrival> arrivals = List.of(new Arrival("kafka", "t-0", 0, 0, values, frames));
        try (BodyBatch batch = new BodyBatch("rows-and-tombstones", arrivals)) {
            Extent extent = batch.body().extent(0, 0, 2, 100, 100);
            assertThat(extent.carried()).isEqualTo(2);
            assertThat(rows(batch.body(), extent)).containsExactly("{\"a\":1}", "key k2");
        }
        try (BodyBatch batch = new BodyBatch("rows", arrivals)) {
            assertThat(batch.body().extent(0, 0, 2, 100, 100).carried()).isEqualTo(1);
            assertThat(batch.body().uncarried(0, 1)).isEqualTo(Unencodable.TOMBSTONE);
        }
    }

    @Test
    void shouldNotCarryATombstoneWithoutAKey() {
        List<Beside> frames = List.of(new Beside(1, 0, null, Map.of(), true));
        List<Arrival> arrivals = List.of(new Arrival("kafka", "t-0", 0, 0, List.of(new byte[0]), frames));
        try (BodyBatch batch = new BodyBatch("rows-and-tombstones", arrivals)) {
            assertThat(batch.body().uncarried(0, 0)).isEqualTo(Unencodable.TOMBSTONE);
        }
    }
}
