package io.decant.spark.job;

import io.decant.offload.layout.Content;
import java.io.Serializable;

/**
 * A part that a task has written.
 *
 * @param sink for which sink, by its place in the plan
 * @param bucket of which bucket; {@link #TAIL} for parts of the tail
 * @param part its number within the bucket or the tail
 */
record PartOutput(MovedFile file, int sink, int bucket, int part, Content content) implements Serializable {

    static final int TAIL = -1;
}
