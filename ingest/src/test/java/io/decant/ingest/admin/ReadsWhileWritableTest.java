package io.decant.ingest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class ReadsWhileWritableTest {

    private int reads;

    private final EmbeddedChannel channel = new EmbeddedChannel(
            new ChannelOutboundHandlerAdapter() {
                @Override
                public void read(ChannelHandlerContext ctx) {
                    reads++;
                }
            },
            new ReadsWhileWritable());

    @Test
    void shouldReadOnOnlyOnceWhatIsWrittenIsTaken() {
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1, 8));
        reads = 0;
        channel.read();
        assertThat(reads).isEqualTo(1);

        var unused = channel.write(Unpooled.wrappedBuffer(new byte[16]));
        channel.read();
        channel.read();
        assertThat(reads).isEqualTo(1);

        channel.flush();
        assertThat(reads).isEqualTo(2);
        channel.read();
        assertThat(reads).isEqualTo(3);
        channel.finishAndReleaseAll();
    }
}
