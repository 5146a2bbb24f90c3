package io.decant.offload.layout;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.decant.config.FileCompression;
import io.decant.config.FileFormat;
import io.decant.offload.json.Json;
import io.decant.offload.json.JsonFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The JSON of a {@link Manifest}: the records are its objects. Stateless. */
final class ManifestJson {

    private ManifestJson() {}

    /**
     * The file. The first four members are there for a batch of a server's, {@code sink} for what a sink wrote. Sums
     * are for readers; they are not read back.
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Root(
            @JsonSetter(nulls = Nulls.SET) String name,
            @JsonSetter(nulls = Nulls.SET) String journal,
            @JsonSetter(nulls = Nulls.SET) Long batch,
            @JsonSetter(nulls = Nulls.SET) Window window,
            @JsonSetter(nulls = Nulls.SET) String sink,
            String key,
            String format,
            String compression,
            @JsonSetter(nulls = Nulls.SET) Long records,
            @JsonSetter(nulls = Nulls.SET) Long bytes,
            long uncarried,
            List<Bucket> buckets,
            @JsonSetter(nulls = Nulls.SET) Tail tail) {}

    private record Window(String start, String end) {}

    private record Bucket(int bucket, long records, long bytes, int parts, String crc32c) {

        static Bucket of(int bucket, Content content) {
            return new Bucket(bucket, content.records(), content.bytes(), content.files(), hex(content));
        }

        Content content() {
            return ManifestJson.content(records, bytes, parts, crc32c);
        }
    }

    private record Tail(
            @JsonProperty("first-bucket") int firstBucket,
            long buckets,
            long records,
            long bytes,
            int parts,
            String crc32c,
            List<BucketSizes> sizes) {

        static Tail of(TailEntry tail) {
            Content content = tail.content();
            return new Tail(
                    tail.firstBucket(),
                    tail.buckets(),
                    content.records(),
                    content.bytes(),
                    content.files(),
                    hex(content),
                    tail.sizes());
        }

        TailEntry entry() {
            return new TailEntry(firstBucket, ManifestJson.content(records, bytes, parts, crc32c), sizes);
        }
    }

    private static String hex(Content content) {
        return String.format(Locale.ROOT, "%08x", content.crc32c());
    }

    private static Content content(long records, long bytes, int parts, String crc32c) {
        return new Content(records, bytes, parts, Integer.parseUnsignedInt(crc32c, 16));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    static byte[] write(Manifest manifest) {
        List<Bucket> buckets = new ArrayList<>();
        manifest.buckets().forEach(content -> buckets.add(Bucket.of(buckets.size(), content)));
        Optional<BatchId> batch = manifest.batch();
        Root root = new Root(
                batch.map(BatchId::serverName).orElse(null),
                batch.map(BatchId::journalId).orElse(null),
                batch.map(BatchId::batch).orElse(null),
                batch.map(id -> new Window(
                                id.windowStart().toString(), id.windowEnd().toString()))
                        .orElse(null),
                manifest.sink().isEmpty() ? null : manifest.sink(),
                manifest.key(),
                word(manifest.format()),
                word(manifest.compression()),
                manifest.records(),
                manifest.bytes(),
                manifest.uncarried(),
                buckets,
                manifest.tail().map(Tail::of).orElse(null));
        return Json.prettyLines(root);
    }

    static Manifest read(InputStream in) throws IOException {
        try {
            return manifest(Json.read(in, Root.class));
        } catch (JsonFormatException e) {
            throw new ManifestException("is not a manifest: " + e.getMessage(), e);
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
            throw new ManifestException("is not a manifest: " + e.getMessage(), e);
        }
    }

    private static Manifest manifest(Root root) throws ManifestException {
        List<Content> buckets = new ArrayList<>();
        for (Bucket bucket : root.buckets) {
            if (bucket.bucket != buckets.size()) {
                throw new ManifestException("has bucket " + bucket.bucket + " where " + buckets.size() + " is next");
            }
            buckets.add(bucket.content());
        }
        return new Manifest(
                batch(root),
                root.sink == null ? "" : root.sink,
                root.key,
                FileFormat.valueOf(root.format.toUpperCase(Locale.ROOT)),
                FileCompression.valueOf(root.compression.toUpperCase(Locale.ROOT)),
                root.uncarried,
                buckets,
                Optional.ofNullable(root.tail).map(Tail::entry));
    }

    private static Optional<BatchId> batch(Root root) throws ManifestException {
        if (root.batch == null) {
            return Optional.empty();
        }
        if (root.name == null || root.journal == null || root.window == null) {
            throw new ManifestException("does not name its server, journal or window");
        }
        return Optional.of(new BatchId(
                root.name, root.journal, root.batch, Instant.parse(root.window.start), Instant.parse(root.window.end)));
    }
}
