package io.decant.ingest.source.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.ingest.LogLines;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.AbortedTransaction;
import org.apache.kafka.common.message.FetchResponseData.EpochEndOffset;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.DefaultRecordBatch;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.MemoryRecordsBuilder;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.record.SimpleRecord;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.apache.kafka.common.utils.ByteUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers as Kafka's own classes write them. */
class FetchAnswerTest {

    private static final String BROKER = "127.0.0.1:9092";
    private static final Uuid TOPIC = new Uuid(3, 4);
    private static final String TOPIC_ID = "00000000-0000-0003-0000-000000000004";
    private static final String NAME = "logs";
    private static final int RECORD_BYTES_MAX = 300_000;
    private static final int RECORDS_AT_ONCE = 20;

    private final FrameGuard guard = new FrameGuard(1L << 30, RECORD_BYTES_MAX, RECORDS_AT_ONCE, 0);

    private static SimpleRecord record(int bytes) {
        return new SimpleRecord(1L, "key".getBytes(UTF_8), letters(bytes));
    }

    private static byte[] letters(int bytes) {
        byte[] letters = new byte[bytes];
        Arrays.fill(letters, (byte) 'a');
        return letters;
    }

    private static SimpleRecord headersOnly(int bytes) {
        return new SimpleRecord(1L, (byte[]) null, null, new Header[] {new RecordHeader("h", letters(bytes))});
    }

    private static MemoryRecords batch(CompressionType codec, long offset, SimpleRecord... records) {
        return MemoryRecords.withRecords(offset, Compression.of(codec).build(), records);
    }

    private static MemoryRecords joined(MemoryRecords... batches) {
        ByteBuffer all = ByteBuffer.allocate(
                Stream.of(batches).mapToInt(MemoryRecords::sizeInBytes).sum());
        Stream.of(batches).forEach(batch -> all.put(batch.buffer().duplicate()));
        return MemoryRecords.readableRecords(all.flip());
    }

    /** An answer in this version, without its length and number. */
    private static byte[] answer(int version, MemoryRecords... partitions) {
        FetchableTopicResponse topic =
                new FetchableTopicResponse().setTopic(NAME).setTopicId(TOPIC);
        for (int i = 0; i < partitions.length; i++) {
            PartitionData partition = new PartitionData()
                    .setPartitionIndex(i)
                    .setHighWatermark(1_000)
                    .setAbortedTransactions(aborted(i))
                    .setRecords(partitions[i]);
            if (version >= 12) {
                partition.setDivergingEpoch(new EpochEndOffset().setEpoch(i));
            }
            topic.partitions().add(partition);
        }
        FetchResponseData data = new FetchResponseData();
        data.responses().add(topic);
        ObjectSerializationCache cache = new ObjectSerializationCache();
        short headerVersion = ApiKeys.FETCH.responseHeaderVersion((short) version);
        ResponseHeaderData header = new ResponseHeaderData().setCorrelationId(7);
        int headBytes = header.size(cache, headerVersion);
        ByteBuffer bytes = ByteBuffer.allocate(headBytes + data.size(cache, (short) version));
        header.write(new ByteBufferAccessor(bytes), cache, headerVersion);
        data.write(new ByteBufferAccessor(bytes), cache, (short) version);
        return Arrays.copyOfRange(bytes.array(), Integer.BYTES, bytes.position());
    }

    private static List<AbortedTransaction> aborted(int count) {
        return IntStream.range(0, 40 * count)
                .mapToObj(i -> new AbortedTransaction().setProducerId(i).setFirstOffset(i))
                .toList();
    }

    /** What the client sees of it where it comes in chunks of so many bytes. */
    private byte[] passed(int version, byte[] answer, int chunkBytes) throws SSLException {
        return passed(guard, version, answer, chunkBytes);
    }

    private static byte[] passed(FrameGuard guard, int version, byte[] answer, int chunkBytes) throws SSLException {
        FetchAnswer fetched = new FetchAnswer(guard, BROKER, (short) version);
        ByteBuffer chunk = ByteBuffer.allocate(3 + chunkBytes);
        ByteBuffer seen = ByteBuffer.allocate(answer.length);
        for (int at = 0; at < answer.length; at += chunkBytes) {
            int count = Math.min(chunkBytes, answer.length - at);
            chunk.put(3, answer, at, count);
            fetched.received(chunk, 3, 3 + count);
            seen.put(chunk.array(), 3, count);
        }
        fetched.release();
        return seen.array();
    }

    private static FetchResponseData parsed(int version, byte[] answer) {
        ByteBuffer bytes = ByteBuffer.wrap(answer);
        if (version >= 12) {
            bytes.get();
        }
        return new FetchResponseData(new ByteBufferAccessor(bytes), (short) version);
    }

    private static List<Long> invalid(FetchResponseData answer, int partition) {
        List<Long> invalid = new ArrayList<>();
        MemoryRecords records = (MemoryRecords)
                answer.responses().get(0).partitions().get(partition).records();
        records.batches().forEach(batch -> {
            if (!batch.isValid()) {
                invalid.add(batch.baseOffset());
            }
        });
        return invalid;
    }

    static Stream<Integer> versions() {
        return IntStream.rangeClosed(FetchAnswer.VERSION_MIN, FetchAnswer.VERSION_MAX)
                .boxed();
    }

    @Test
    void shouldKnowEachVersionThatTheClientMayAskFor() {
        assertThat(ApiKeys.FETCH.oldestVersion()).isEqualTo(FetchAnswer.VERSION_MIN);
        assertThat(ApiKeys.FETCH.latestVersion(true)).isEqualTo(FetchAnswer.VERSION_MAX);
    }

    @ParameterizedTest
    @MethodSource("versions")
    void shouldSpoilTheBatchWithARecordThatDoesNotFitAndNothingElse(int version) throws SSLException {
        SimpleRecord fits = record(RECORD_BYTES_MAX - 1_000);
        SimpleRecord tooLarge = record(RECORD_BYTES_MAX + 1);
        byte[] answer = answer(
                version,
                batch(CompressionType.GZIP, 0, fits, fits, fits),
                joined(
                        batch(CompressionType.NONE, 10, record(100), record(200)),
                        batch(CompressionType.ZSTD, 40, record(10), record(20), tooLarge, record(30)),
                        batch(CompressionType.ZSTD, 50, record(10))),
                MemoryRecords.EMPTY,
                batch(CompressionType.NONE, 7, tooLarge));
        for (int chunkBytes : new int[] {1, 2, 61, 127, 1_000, 64 << 10, answer.length}) {
            byte[] seen = passed(version, answer, chunkBytes);
            FetchResponseData parsed = parsed(version, seen);
            assertThat(invalid(parsed, 0)).isEmpty();
            assertThat(invalid(parsed, 1)).as("chunks of %d", chunkBytes).containsExactly(40L);
            assertThat(invalid(parsed, 3)).isEmpty();
            assertThat(IntStream.range(0, seen.length)
                            .filter(i -> seen[i] != answer[i])
                            .count())
                    .isOne();
        }
        String topic = version >= 13 ? TOPIC_ID : NAME;
        assertThat(guard.refused(topic, 0)).isEmpty();
        assertThat(guard.refused(topic, 1)).singleElement().satisfies(batch -> {
            assertThat(batch.first()).isEqualTo(40);
            assertThat(batch.offset()).isEqualTo(42);
            assertThat(batch.last()).isEqualTo(43);
            assertThat(batch.bytes()).isBetween(RECORD_BYTES_MAX + 1L, RECORD_BYTES_MAX + 100L);
            assertThat(batch.describe("clicks"))
                    .contains("the record at offset 42 unpacks to")
                    .contains("-Xmx");
        });
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void shouldKnowOfEachCodecWhatDoesNotFit(CompressionType codec) throws SSLException {
        byte[] answer = answer(
                FetchAnswer.VERSION_MAX,
                batch(codec, 0, record(10), record(3 * RECORD_BYTES_MAX)),
                batch(codec, 0, record(10), record(RECORD_BYTES_MAX / 2)));
        FetchResponseData parsed = parsed(FetchAnswer.VERSION_MAX, passed(FetchAnswer.VERSION_MAX, answer, 64 << 10));
        assertThat(invalid(parsed, 0)).hasSize(codec == CompressionType.NONE ? 0 : 1);
        assertThat(invalid(parsed, 1)).isEmpty();
    }

    /** A client takes the memory before it looks whether so much is there, and brokers do not look either. */
    @Test
    void shouldBelieveALengthThatIsNotTrue() throws SSLException {
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(records)) {
            // As many as it takes to be looked at.
            for (int i = 0; i < 2; i++) {
                byte[] value = letters(RECORD_BYTES_MAX - 100);
                write(out, i, value.length, value);
            }
            write(out, 2, 2_000_000_000, letters(10));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] packed = packed(records.toByteArray());
        OversizedBatch oversized = guard.oversized(
                new PackedBatch((byte) 2, PackedBatch.GZIP, 5, 7, 3), ByteBuffer.wrap(packed), true, new HeadersOnly());
        assertThat(oversized.offset()).isEqualTo(7);
        assertThat(oversized.bytes()).isGreaterThan(2_000_000_000L);
    }

    @Test
    void shouldBelieveNoLengthAfterAnEndThatNobodyWantedUntilSoMuchHasCome() throws SSLException {
        ByteBuffer batch = falseLength(8);
        byte[] answer = answer(FetchAnswer.VERSION_MAX, MemoryRecords.readableRecords(batch), MemoryRecords.EMPTY);
        assertThat(passed(FetchAnswer.VERSION_MAX, answer, 64 << 10))
                .as("nobody looks")
                .isEqualTo(answer);
        for (int chunkBytes : new int[] {1, 30, 64 << 10}) {
            FrameGuard wary = new FrameGuard(1L << 30, RECORD_BYTES_MAX, RECORDS_AT_ONCE, 3L * batch.capacity() / 2);
            for (int times = 0; times < 2; times++) {
                // What comes again counts once.
                byte[] first = passed(wary, FetchAnswer.VERSION_MAX, answer, chunkBytes);
                assertThat(invalid(parsed(FetchAnswer.VERSION_MAX, first), 0))
                        .as("chunks of %d", chunkBytes)
                        .containsExactly(8L);
            }
            byte[] next = answer(FetchAnswer.VERSION_MAX, MemoryRecords.readableRecords(falseLength(9)));
            assertThat(passed(wary, FetchAnswer.VERSION_MAX, next, chunkBytes)).isEqualTo(next);
        }
    }

    /** A batch of one record that is much shorter than it says. */
    private static ByteBuffer falseLength(long offset) {
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(record)) {
            write(out, 0, 2_000_000_000, letters(10));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] packed = packed(record.toByteArray());
        ByteBuffer batch = ByteBuffer.allocate(DefaultRecordBatch.RECORD_BATCH_OVERHEAD + packed.length);
        batch.put(DefaultRecordBatch.RECORD_BATCH_OVERHEAD, packed);
        DefaultRecordBatch.writeHeader(
                batch,
                offset,
                0,
                batch.capacity(),
                RecordBatch.MAGIC_VALUE_V2,
                CompressionType.GZIP,
                TimestampType.CREATE_TIME,
                1,
                1,
                RecordBatch.NO_PRODUCER_ID,
                RecordBatch.NO_PRODUCER_EPOCH,
                RecordBatch.NO_SEQUENCE,
                false,
                false,
                false,
                0,
                1);
        return batch.clear();
    }

    private static void write(DataOutputStream out, int delta, int length, byte[] value) throws IOException {
        ByteUtils.writeVarint(5 + ByteUtils.sizeOfVarint(length) + length, out);
        out.write(new byte[] {0, 0, (byte) (2 * delta), 1});
        ByteUtils.writeVarint(length, out);
        out.write(value);
        out.write(0);
    }

    private static byte[] packed(byte[] bytes) {
        ByteBufferOutputStream packed = new ByteBufferOutputStream(1_000);
        try (OutputStream out = Compression.gzip().build().wrapForOutput(packed, RecordBatch.MAGIC_VALUE_V2)) {
            out.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Arrays.copyOf(packed.buffer().array(), packed.position());
    }

    /** The client comes to the first ones first. */
    @Test
    void shouldKnowTheFirstOfMoreBatchesThanItKeepsUntilTheClientIsBehindThem() throws SSLException {
        int max = FrameGuard.REFUSED_BATCHES_MAX;
        MemoryRecords tooLarge = batch(CompressionType.ZSTD, 0, record(RECORD_BYTES_MAX + 1));
        int batches = max + 10;
        passed(FetchAnswer.VERSION_MAX, answer(FetchAnswer.VERSION_MAX, repeated(tooLarge, 0, batches)), 64 << 10);
        assertThat(offsets())
                .containsExactlyElementsOf(LongStream.range(0, max).boxed().toList());
        passed(FetchAnswer.VERSION_MAX, answer(FetchAnswer.VERSION_MAX, repeated(tooLarge, 20, batches)), 64 << 10);
        assertThat(offsets())
                .containsExactlyElementsOf(LongStream.range(20, batches).boxed().toList());
    }

    private List<Long> offsets() {
        return guard.refused(TOPIC_ID, 0).stream().map(OversizedBatch::first).toList();
    }

    /** A batch at each of these offsets. */
    private static MemoryRecords repeated(MemoryRecords batch, int from, int to) {
        int length = batch.sizeInBytes();
        ByteBuffer all = ByteBuffer.allocate((to - from) * length);
        for (int offset = from; offset < to; offset++) {
            all.putLong(offset).put(batch.buffer().slice(Long.BYTES, length - Long.BYTES));
        }
        return MemoryRecords.readableRecords(all.flip());
    }

    /** The rest of the answer must not pass unseen: a batch in it may be one that ends the server. */
    @Test
    void shouldEndTheConnectionWhereThereIsNoMemoryToLookIntoABatch() {
        byte[] answer = answer(
                FetchAnswer.VERSION_MAX,
                batch(CompressionType.ZSTD, 0, record(10)),
                batch(CompressionType.ZSTD, 40, record(RECORD_BYTES_MAX + 1)));
        PooledByteBufAllocator none = new PooledByteBufAllocator(true) {
            @Override
            protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
                throw new OutOfMemoryError("no direct memory, as the test wants it");
            }
        };
        FetchAnswer fetched = new FetchAnswer(guard, BROKER, FetchAnswer.VERSION_MAX, none);
        try (LogLines lines = new LogLines(KafkaSource.class)) {
            assertThatThrownBy(() -> fetched.received(ByteBuffer.wrap(answer), 0, answer.length))
                    .isInstanceOf(SSLException.class);
            guard.noMemory(BROKER, 100);
            assertThat(lines.told()).singleElement().asString().contains(BROKER, "-XX:MaxDirectMemorySize");
        }
        assertThat(guard.takeTooLarge()).as("it may be fetched again").isEmpty();
    }

    @Test
    void shouldCountHeadersOfRecordsThatHaveNothingElseAsFarAsTheyAreUnpackedAtOnce() throws SSLException {
        SimpleRecord[] many = IntStream.range(0, 40)
                .mapToObj(i -> headersOnly(RECORD_BYTES_MAX / 30))
                .toArray(SimpleRecord[]::new);
        SimpleRecord[] small = IntStream.range(0, 40)
                .mapToObj(i -> headersOnly(RECORD_BYTES_MAX / 50))
                .toArray(SimpleRecord[]::new);
        SimpleRecord[] few = Arrays.copyOf(many, 25);
        byte[] answer = answer(
                FetchAnswer.VERSION_MAX,
                batch(CompressionType.GZIP, 0, many),
                batch(CompressionType.GZIP, 0, small),
                batch(CompressionType.GZIP, 0, few));
        FrameGuard moreAtOnce = new FrameGuard(1L << 30, RECORD_BYTES_MAX, 2_000, 0);
        FetchResponseData parsed = parsed(FetchAnswer.VERSION_MAX, passed(FetchAnswer.VERSION_MAX, answer, 64 << 10));
        assertThat(invalid(parsed, 0)).as("20 at once fit").isEmpty();
        FetchAnswer fetched = new FetchAnswer(moreAtOnce, BROKER, FetchAnswer.VERSION_MAX);
        fetched.received(ByteBuffer.wrap(answer), 0, answer.length);
        FetchResponseData spoiled = parsed(FetchAnswer.VERSION_MAX, answer);
        assertThat(invalid(spoiled, 0)).containsExactly(0L);
        assertThat(invalid(spoiled, 1)).isEmpty();
        assertThat(invalid(spoiled, 2)).isEmpty();
        assertThat(moreAtOnce.refused(TOPIC_ID, 0)).singleElement().satisfies(batch -> assertThat(
                        batch.describe("clicks"))
                .contains("headers")
                .contains("sources.clicks.properties.max.poll.records: 1"));
    }

    /** Each fits, so only after an end that nobody wanted it is known what they hold. */
    @Test
    void shouldCountHeadersOfAllBatchesOfAnAnswerThatItLooksInto() throws SSLException {
        SimpleRecord[] most = IntStream.range(0, 25)
                .mapToObj(i -> headersOnly(RECORD_BYTES_MAX / 30))
                .toArray(SimpleRecord[]::new);
        SimpleRecord[] few = Arrays.copyOf(most, 4);
        byte[] answer = answer(
                FetchAnswer.VERSION_MAX,
                joined(
                        batch(CompressionType.GZIP, 0, most),
                        batch(CompressionType.GZIP, 30, record(RECORD_BYTES_MAX / 2)),
                        batch(CompressionType.GZIP, 40, most)),
                batch(CompressionType.GZIP, 0, few),
                batch(CompressionType.GZIP, 0, few));
        FrameGuard wary = new FrameGuard(1L << 30, RECORD_BYTES_MAX, 2_000, Long.MAX_VALUE);

        FetchResponseData first =
                parsed(FetchAnswer.VERSION_MAX, passed(wary, FetchAnswer.VERSION_MAX, answer, 64 << 10));

        assertThat(invalid(first, 0)).containsExactly(40L);
        assertThat(invalid(first, 1)).as("what is refused does not count").isEmpty();
        assertThat(invalid(first, 2)).as("of any partition").containsExactly(0L);
        byte[] next = answer(FetchAnswer.VERSION_MAX, batch(CompressionType.GZIP, 40, most));
        assertThat(passed(wary, FetchAnswer.VERSION_MAX, next, 64 << 10)).isEqualTo(next);
    }

    /** The client unpacks all of such a batch at once, and looks at no checksum before. */
    @ParameterizedTest
    @MethodSource("oldFormats")
    void shouldEndTheConnectionWhereABatchOfAnOlderFormatDoesNotFit(byte format, CompressionType codec)
            throws SSLException {
        byte[] fits = answer(FetchAnswer.VERSION_MAX, old(format, codec, RECORD_BYTES_MAX / 3));
        assertThat(passed(FetchAnswer.VERSION_MAX, fits, 64 << 10)).isEqualTo(fits);
        byte[] answer = answer(FetchAnswer.VERSION_MAX, old(format, codec, RECORD_BYTES_MAX));
        for (int chunkBytes : new int[] {1, 300, 64 << 10}) {
            assertThatThrownBy(() -> passed(FetchAnswer.VERSION_MAX, answer, chunkBytes))
                    .isInstanceOf(SSLException.class);
            assertThat(guard.takeTooLarge().get(BROKER)).isGreaterThan(RECORD_BYTES_MAX);
        }
    }

    /** Which nobody needs to have in memory to look behind it. */
    @Test
    void shouldLookBehindTheKeyOfAMessageOfAnOlderFormatHoweverLongItIs() {
        int keyBytes = 3 << 20;
        byte[] batch = withKey(old((byte) 1, CompressionType.GZIP, RECORD_BYTES_MAX), new byte[keyBytes], keyBytes);
        byte[] answer = answer(FetchAnswer.VERSION_MAX, MemoryRecords.readableRecords(ByteBuffer.wrap(batch)));
        for (int chunkBytes : new int[] {1_000, 64 << 10}) {
            assertThatThrownBy(() -> passed(FetchAnswer.VERSION_MAX, answer, chunkBytes))
                    .isInstanceOf(SSLException.class);
        }
    }

    @Test
    void shouldLookAtWhatComesBehindAMessageOfAnOlderFormatWhoseKeyIsLongerThanItself() throws SSLException {
        byte[] batch = withKey(old((byte) 1, CompressionType.GZIP, 1_000), new byte[0], Integer.MAX_VALUE);
        byte[] answer = answer(
                FetchAnswer.VERSION_MAX,
                MemoryRecords.readableRecords(ByteBuffer.wrap(batch)),
                batch(CompressionType.ZSTD, 40, record(RECORD_BYTES_MAX + 1)));
        byte[] seen = passed(FetchAnswer.VERSION_MAX, answer, 64 << 10);
        assertThat(invalid(parsed(FetchAnswer.VERSION_MAX, seen), 1)).containsExactly(40L);
    }

    /** The same with a key of that length, or one that is not true. */
    private static byte[] withKey(MemoryRecords message, byte[] key, int length) {
        int keyAt = 30;
        ByteBuffer without = message.buffer().duplicate();
        ByteBuffer with = ByteBuffer.allocate(without.remaining() + key.length);
        with.put(without.slice(0, keyAt)).put(key).put(without.slice(keyAt, without.remaining() - keyAt));
        return with.putInt(8, with.capacity() - 12)
                .putInt(keyAt - Integer.BYTES, length)
                .array();
    }

    static Stream<Arguments> oldFormats() {
        return Stream.of((byte) 0, (byte) 1)
                .flatMap(format -> Stream.of(CompressionType.GZIP, CompressionType.SNAPPY, CompressionType.LZ4)
                        .map(codec -> Arguments.of(format, codec)));
    }

    private static MemoryRecords old(byte format, CompressionType codec, int bytes) {
        MemoryRecordsBuilder builder = MemoryRecords.builder(
                ByteBuffer.allocate(4 * bytes), format, Compression.of(codec).build(), TimestampType.CREATE_TIME, 20);
        for (int i = 0; i < 2; i++) {
            builder.append(record(bytes / 2 + 1));
        }
        return builder.build();
    }

    /** Whatever comes: it passes, or the connection ends; nothing else happens. */
    @Test
    void shouldFailInNoOtherWayWhereAnAnswerMakesNoSense() {
        Random random = new Random(1);
        byte[] answer = answer(
                FetchAnswer.VERSION_MAX,
                batch(CompressionType.ZSTD, 40, record(10), record(RECORD_BYTES_MAX + 1)),
                batch(CompressionType.GZIP, 40, record(10), record(RECORD_BYTES_MAX + 1)));
        for (int i = 0; i < 2_000; i++) {
            byte[] broken = answer.clone();
            for (int j = 0; j <= i % 4; j++) {
                broken[random.nextInt(random.nextBoolean() ? 200 : broken.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(passed(FetchAnswer.VERSION_MAX, broken, 100 + random.nextInt(1_000)))
                        .hasSameSizeAs(broken);
            } catch (SSLException e) {
                assertThat(guard.takeTooLarge())
                        .as("a batch of an older format")
                        .containsKey(BROKER);
            }
        }
    }
}
