"""What a tick of beat does: begin what is due, find the recipients, keep the outboxes filled, notice the end."""
