"""What tutoring does when sessions says something happened."""
