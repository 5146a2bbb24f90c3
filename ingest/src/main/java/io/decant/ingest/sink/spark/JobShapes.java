package io.decant.ingest.sink.spark;

import io.decant.ingest.journal.Shape;
import io.decant.offload.client.JobJars;
import java.util.function.UnaryOperator;

/** Adds to the shape of a batch which jars its jobs were to run from. For the writer's thread; waits for nothing. */
public record JobShapes(JobJars jars) implements UnaryOperator<Shape> {

    @Override
    public Shape apply(Shape shape) {
        return JobText.withHashes(shape, jars);
    }
}
