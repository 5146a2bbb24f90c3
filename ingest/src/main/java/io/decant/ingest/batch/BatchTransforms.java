package io.decant.ingest.batch;

import io.decant.bucketer.Memory;
import io.decant.bucketer.StepCounts;
import io.decant.bucketer.Transform;
import io.decant.bucketer.TransformFailure;
import io.decant.bucketer.transform.StepException;
import io.decant.bucketer.transform.StepTransform;
import io.decant.ingest.journal.BlockView;
import io.decant.ingest.journal.Recipients;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The transforms that a cut froze, by source, in the order in which chunks number them. Immutable. */
final class BatchTransforms {

    private static final int NAMES = 2;

    private final List<String> sources;
    /** What their blocks are named, each by itself and as dead letters of it that go out again. */
    private final List<byte[]> names;

    private final List<StepTransform> transforms;

    private BatchTransforms(List<String> sources, List<StepTransform> transforms) {
        this.sources = List.copyOf(sources);
        this.names = sources.stream()
                .flatMap(name ->
                        Stream.of(name, Recipients.replayStream("/" + name, "").source()))
                .map(name -> name.getBytes(StandardCharsets.UTF_8))
                .toList();
        this.transforms = List.copyOf(transforms);
    }

    /**
     * Reads what a cut froze.
     *
     * @param salt of {@code json-hash}; null: there is none
     * @param unknown told of each that cannot be done here, and why
     */
    static BatchTransforms of(Map<String, List<String>> frozen, byte[] salt, Consumer<String> unknown) {
        List<String> sources = new ArrayList<>();
        List<StepTransform> transforms = new ArrayList<>();
        new TreeMap<>(frozen).forEach((source, texts) -> {
            try {
                transforms.add(StepTransform.ofFrozen(texts, salt));
                sources.add(source);
            } catch (StepException e) {
                unknown.accept("transforms of source " + source + " (" + e.getMessage() + ")");
            }
        });
        return new BatchTransforms(sources, transforms);
    }

    boolean isEmpty() {
        return transforms.isEmpty();
    }

    List<Transform> transforms() {
        return List.copyOf(transforms);
    }

    /** The transform of the block's source, from 1; 0: it has none. */
    int of(BlockView block) {
        for (int i = 0; i < names.size(); i++) {
            if (isNamed(names.get(i), block)) {
                return i / NAMES + 1;
            }
        }
        return 0;
    }

    /** The same by the source's name. */
    int of(String source) {
        return sources.indexOf(Recipients.sourceOf(source)) + 1;
    }

    private static boolean isNamed(byte[] name, BlockView block) {
        if (name.length != block.sourceBytes()) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if (Memory.getByte(block.sourceAddress() + i) != name[i]) {
                return false;
            }
        }
        return true;
    }

    /** Why a record of a source could not be transformed, in words. */
    String reason(int transform, TransformFailure failure) {
        return "source " + sources.get(transform - 1) + ", step " + (failure.step() + 1) + " ("
                + transforms.get(transform - 1).texts().get(failure.step()) + "): the record "
                + failure.reason().text();
    }

    /** The source of a transform. */
    String source(int transform) {
        return sources.get(transform - 1);
    }

    /** What the steps of each source did. */
    List<TransformCounts> counts(List<StepCounts> counts) {
        List<TransformCounts> named = new ArrayList<>();
        for (int i = 0; i < counts.size(); i++) {
            named.add(new TransformCounts(sources.get(i), transforms.get(i).texts(), counts.get(i)));
        }
        return List.copyOf(named);
    }
}
