package io.decant.harness;

/**
 * A batch as it was received.
 *
 * @param number from 1
 * @param window {@code <start>/<end>}, ISO 8601
 * @param records in all
 * @param buckets how many
 * @param first records of bucket 0
 * @param second records of bucket 1
 * @param third records of bucket 2
 * @param rest records of all others
 * @param requests that brought it, with redeliveries
 */
public record BatchRow(
        long number,
        String window,
        long records,
        int buckets,
        long first,
        long second,
        long third,
        long rest,
        long requests) {

    /** Before anything of a batch has come. */
    static BatchRow empty(ReceivedPart part) {
        return new BatchRow(part.batch(), part.window(), 0, part.buckets(), 0, 0, 0, 0, 0);
    }

    /** With one request more, which brought {@code more} records of a bucket. */
    BatchRow plus(int bucket, long more) {
        return new BatchRow(
                number,
                window,
                records + more,
                buckets,
                first + (bucket == 0 ? more : 0),
                second + (bucket == 1 ? more : 0),
                third + (bucket == 2 ? more : 0),
                rest + (bucket > 2 ? more : 0),
                requests + 1);
    }
}
