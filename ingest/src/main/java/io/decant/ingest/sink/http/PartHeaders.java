package io.decant.ingest.sink.http;

import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.journal.Cut;
import io.decant.ingest.sink.PartKeys;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** The headers of the requests that carry one batch: the contract with the receiver. */
final class PartHeaders {

    static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    static final String BATCH = "Decant-Batch";
    static final String BUCKET = "Decant-Bucket";
    static final String BUCKETS = "Decant-Buckets";
    static final String FIRST = "Decant-First";
    static final String RECORDS = "Decant-Records";
    static final String WINDOW = "Decant-Window";
    static final String CONTENT_TYPE = "Content-Type";
    static final String CONTENT_LENGTH = "Content-Length";
    static final String CONTENT_ENCODING = "Content-Encoding";
    static final String USER_AGENT = "User-Agent";
    static final String ACCEPT_ENCODING = "Accept-Encoding";

    private final PartKeys keys;
    private final String batch;
    private final String buckets;
    private final String window;
    private final String contentType;
    private final SetHeaders set;

    PartHeaders(OpenBatch batch, String sink, String contentType, SetHeaders set) {
        Cut cut = batch.cut();
        this.keys = PartKeys.of(batch, sink);
        this.batch = Long.toString(cut.batch());
        this.buckets = Long.toString(batch.buckets().buckets());
        this.window = Instant.ofEpochMilli(cut.windowStartMillis()) + "/" + Instant.ofEpochMilli(cut.windowEndMillis());
        this.contentType = contentType;
        this.set = set;
    }

    /**
     * @param first ordinal of the part's first record among those of the bucket that the format carries
     * @param records how many of them it holds
     * @param bodyBytes length of the body
     */
    Map<String, String> of(int bucket, long first, long records, int bodyBytes) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (!set.has(USER_AGENT)) {
            headers.put(USER_AGENT, "Decant");
        }
        if (!set.has(ACCEPT_ENCODING)) {
            // Answers are read, and are short.
            headers.put(ACCEPT_ENCODING, "identity");
        }
        set.addTo(headers);
        headers.put(CONTENT_TYPE, contentType);
        headers.put(CONTENT_LENGTH, Integer.toString(bodyBytes));
        headers.put(IDEMPOTENCY_KEY, '"' + keys.of(bucket, first, records) + '"');
        headers.put(BATCH, batch);
        headers.put(BUCKET, Integer.toString(bucket));
        headers.put(BUCKETS, buckets);
        headers.put(FIRST, Long.toString(first));
        headers.put(RECORDS, Long.toString(records));
        headers.put(WINDOW, window);
        return headers;
    }
}
