package io.decant.ingest.source.kafka;

import java.nio.ByteBuffer;
import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.ClusterResourceListener;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Leaves bytes where they are, in the answer of the broker or in the record that was unpacked, until they are written
 * into a block. It is also how a consumer tells that its metadata came: it tells its deserializers. Belongs to the
 * thread that polls.
 */
final class BufferDeserializer implements Deserializer<ByteBuffer>, ClusterResourceListener {

    private final Runnable metadataCame;
    private final UnpackBudget budget;

    BufferDeserializer(Runnable metadataCame, UnpackBudget budget) {
        this.metadataCame = metadataCame;
        this.budget = budget;
    }

    @Override
    public ByteBuffer deserialize(String topic, byte[] data) {
        return ByteBuffer.wrap(data);
    }

    @Override
    public ByteBuffer deserialize(String topic, Headers headers, ByteBuffer data) {
        budget.take(data.remaining(), headers);
        return data;
    }

    @Override
    public void onUpdate(ClusterResource cluster) {
        metadataCame.run();
    }
}
