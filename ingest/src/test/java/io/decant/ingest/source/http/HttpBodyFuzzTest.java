package io.decant.ingest.source.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.decant.bucketer.Frame;
import io.decant.config.HttpBody;
import io.decant.fuzz.FuzzBytes;
import io.decant.fuzz.FuzzTarget;
import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.OpaqueBytes;
import io.decant.ingest.journal.StreamId;
import io.decant.ingest.source.UnfinishedBudget;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * Whatever the body of a request is: it becomes the records that it says, lines as they are and the elements of a JSON
 * array as Jackson reads them, or it is refused with a {@link RefusedException}, never more than it may hold, and all
 * memory is given back; and what passes for gzip is what Java unpacks it to.
 *
 * <p>The input is a coding, a form, the longest record, whether records keep a header, how many are durable, and a
 * body.
 */
class HttpBodyFuzzTest extends FuzzTarget {

    private static final int BODY_BYTES_MAX = 1 << 16;
    private static final StreamId STREAM = new StreamId("in", "client", false);
    private static final ObjectMapper JSON = new ObjectMapper();
    /** One header: a name of one byte and a value of two. */
    private static final byte[] HEADERS = {1, 0, 0, 0, 1, 0, 'n', 2, 0, 0, 0, 'v', 'v'};

    @Override
    protected void check(byte[] input) throws Exception {
        FuzzBytes bytes = new FuzzBytes(input);
        Coding coding = bytes.one(Coding.values());
        HttpBody form = bytes.one(HttpBody.values());
        int maxRecord = 1 + bytes.number(128) * 8;
        byte[] headers = bytes.number(2) == 1 ? HEADERS : new byte[0];
        int skipped = bytes.number(4);
        byte[] sent = bytes.rest();
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
        UnfinishedBudget budget = new UnfinishedBudget(1 << 20, 1);
        HeldBody came = new HeldBody(budget, allocator, BODY_BYTES_MAX);
        HeldBody decoded = new HeldBody(budget, allocator, BODY_BYTES_MAX);
        try {
            came.add(sent, sent.length);
            BodyDecoder.decode(came, coding, decoded);
            byte[] plain = new byte[decoded.length()];
            decoded.nio().get(plain);
            if (coding == Coding.GZIP) {
                assertThat(plain).isEqualTo(gunzipped(sent));
            }
            CheckedBody checked = CheckedBody.of(decoded, form, maxRecord, true);
            assertThat(checked.sha256().length()).isEqualTo(32);
            List<String> expected = form == HttpBody.LINES ? lines(plain) : elements(plain);
            assertThat(checked.records()).isEqualTo(expected.size());
            if (skipped < expected.size()) {
                List<String> records = cut(checked, skipped, headers, allocator);
                compare(records, expected.subList(skipped, expected.size()), form, maxRecord);
            }
        } catch (RefusedException e) {
            assertThat(JSON.readTree(e.refusal().json()).get("error").asText()).isNotEmpty();
        } finally {
            came.release();
            decoded.release();
        }
        assertThat(budget.used()).isZero();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    private static byte[] gunzipped(byte[] sent) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(sent))) {
            return in.readAllBytes();
        }
    }

    private static List<String> lines(byte[] plain) {
        List<String> lines = new ArrayList<>(List.of(text(plain).split("\n", -1)));
        if (lines.get(lines.size() - 1).isEmpty()) {
            lines.remove(lines.size() - 1);
        }
        return lines;
    }

    private static List<String> elements(byte[] plain) {
        try {
            JsonNode json = JSON.readTree(plain);
            List<String> elements = new ArrayList<>();
            if (json.isArray()) {
                json.forEach(element -> elements.add(element.toString()));
            } else {
                elements.add(json.toString());
            }
            return elements;
        } catch (IOException e) {
            // What JSON cannot be in UTF-8 for Jackson's tree the scanner may take: see JsonScannerFuzzTest.
            return List.of();
        }
    }

    private static void compare(List<String> records, List<String> expected, HttpBody form, int maxRecord)
            throws IOException {
        assertThat(records).hasSameSizeAs(expected);
        for (int i = 0; i < records.size(); i++) {
            String record = records.get(i);
            assertThat(record.length()).isLessThanOrEqualTo(maxRecord);
            assertThat(record.indexOf('\n')).isNegative();
            if (form == HttpBody.LINES) {
                assertThat(record).isEqualTo(expected.get(i));
            } else {
                assertThat(JSON.readTree(record.getBytes(StandardCharsets.ISO_8859_1)))
                        .hasToString(expected.get(i));
            }
        }
    }

    private static List<String> cut(
            CheckedBody checked, int skipped, byte[] headers, UnpooledByteBufAllocator allocator) {
        BlockCutter cutter = new BlockCutter(
                STREAM, checked, 100, skipped, OpaqueBytes.NONE, headers, 1_000, block -> {}, allocator);
        List<String> records = new ArrayList<>();
        for (Block block = cutter.cut(); block != null; block = cutter.cut()) {
            byte[] payload = new byte[block.bytes()];
            block.payload().getBytes(block.payload().readerIndex(), payload);
            block.payload().release();
            List<String> ofBlock = headers.length > 0 ? values(payload, headers) : lines(payload);
            assertThat(ofBlock).hasSize(block.records());
            records.addAll(ofBlock);
        }
        assertThat(cutter.next()).isEqualTo(100L + records.size());
        cutter.release();
        return records;
    }

    private static List<String> values(byte[] frames, byte[] headers) {
        List<String> values = new ArrayList<>();
        ByteBuffer from = ByteBuffer.wrap(frames).order(ByteOrder.LITTLE_ENDIAN);
        while (from.hasRemaining()) {
            int start = from.position();
            byte[] frame = new byte[from.getInt(start)];
            from.get(frame);
            int value = Frame.valueLength(frame);
            assertThat(frame.length).isEqualTo(Frame.HEADER_BYTES + headers.length + value);
            values.add(text(frame).substring(frame.length - value));
        }
        return values;
    }
}
