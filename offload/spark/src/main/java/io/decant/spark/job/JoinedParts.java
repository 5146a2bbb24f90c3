package io.decant.spark.job;

import io.decant.offload.layout.Content;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the parts of each bucket, and of the tail, hold together. Goes through the parts once, however many buckets
 * there are.
 */
final class JoinedParts {

    private record Place(int sink, int bucket) {}

    private final Map<Place, Content> contents = new HashMap<>();

    JoinedParts(Iterable<PartOutput> parts) {
        Map<Place, List<PartOutput>> byPlace = new HashMap<>();
        for (PartOutput part : parts) {
            byPlace.computeIfAbsent(new Place(part.sink(), part.bucket()), place -> new ArrayList<>())
                    .add(part);
        }
        byPlace.forEach((place, of) -> contents.put(place, joined(of)));
    }

    private static Content joined(List<PartOutput> parts) {
        return parts.stream()
                .sorted(Comparator.comparingInt(PartOutput::part))
                .map(PartOutput::content)
                .reduce(Content.NOTHING, Content::then);
    }

    /** Nothing where there is no part. */
    Content of(int sink, int bucket) {
        return contents.getOrDefault(new Place(sink, bucket), Content.NOTHING);
    }
}
